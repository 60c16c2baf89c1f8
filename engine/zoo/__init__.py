"""Hand-designed networks that AutoSNN was compared with: plans, shapes, and networks built from them."""
