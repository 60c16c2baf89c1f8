"""Hand-designed baselines that AutoSNN was compared with: their plans and the shapes of their layers."""
