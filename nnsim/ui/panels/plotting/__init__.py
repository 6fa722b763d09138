"""What all plots share: the plot with its axes, caption and legend, and the panel around it."""
