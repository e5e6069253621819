from onemanage.data_import.migrations import main

main()
