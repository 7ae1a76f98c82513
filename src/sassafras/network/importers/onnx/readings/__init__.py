"""What each operator is: one function that adds its layers to the graph. One file per family."""
