"""Bad input, tried: cases by family (a module each), how one is asked and judged (`case`), and strangers' bytes (`fuzz`)."""
