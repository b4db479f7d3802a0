"""Stories: telling what was told already from what is new. Pure similarity and facts; two memories."""
