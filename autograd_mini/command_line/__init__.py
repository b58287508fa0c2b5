"""What ``python -m autograd_mini`` is made of: expressions read as graphs, values read as inputs, a table of gradients.

Expressions are parsed, and each part is looked up in the table of operations; nothing is evaluated as Python code.
"""
