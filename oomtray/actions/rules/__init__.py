"""Rules that last: which processes get which oom_score_adj, whenever they start.

`model` says what a rule is, `reading` reads the file, `matching` decides who gets what, `engine` applies it scan by
scan, `editing` changes the file and keeps its comments, `profiles` are the sets of rules that come with the program.
"""
