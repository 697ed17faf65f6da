"""What a resident is told to solve: raised when it is the case, cleared when it is not, solved from here."""
