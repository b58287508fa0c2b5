"""The chain rule made visible: the trace of a pass, its explanation, its drawing, and the program that draws it."""
