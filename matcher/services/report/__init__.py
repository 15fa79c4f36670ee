"""The bureau's report of a period. A section is one function of the context, entered in `compiling.SECTIONS`."""
