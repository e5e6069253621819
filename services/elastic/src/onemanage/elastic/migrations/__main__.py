from onemanage.elastic.migrations import main

main()
