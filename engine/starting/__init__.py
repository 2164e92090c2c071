"""Starting a cycle from the desk: chosen, dated, peopled and looked over before anything is sent."""
