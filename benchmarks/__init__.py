"""Speed, growth and other tools: measurements that the package itself never imports."""
