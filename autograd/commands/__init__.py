"""``python -m autograd``: what can be done from a command line.

`entry` knows the commands. `check_command` checks one page and `draw_command` draws a node; `mark`, for the pages of a
class, is in `autograd.marking`. `network_file` runs the file that makes the graph, and `standard_output` lets anything
be printed to any terminal, file or pipe.
"""
