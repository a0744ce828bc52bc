"""Rules: which processes get which oom_score_adj, whenever they start.

`model` says what a rule is, `parse` reads the file, `match` decides which rule a process gets, `engine` applies them scan
by scan, `service` keeps the file in force, `edit` changes the file and keeps its comments, `propose` makes a rule from a
row, `profiles` are the sets of rules that come with the program.
"""
