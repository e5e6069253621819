from onemanage.gateway.migrations import main

main()
