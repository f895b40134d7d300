"""The vocabulary: frozen values and pure rules, without Qt, SQL, HTTP or a clock."""
