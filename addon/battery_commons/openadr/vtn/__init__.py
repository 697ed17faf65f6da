"""The operator's end of OpenADR (a VTN), served to those below, such as villages under a region."""
