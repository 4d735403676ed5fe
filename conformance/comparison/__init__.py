"""Two contracts compared: agreement, levels, a baseline, a witness; as text, Markdown and SARIF."""
