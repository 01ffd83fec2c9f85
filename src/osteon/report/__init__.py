"""How an answer looks: terminal, HTML, PDF."""
