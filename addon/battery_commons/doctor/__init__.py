"""What is well with a coordinator and what is not: facts are gathered, checked and put in words."""
