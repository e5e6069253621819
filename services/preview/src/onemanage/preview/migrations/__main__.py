from onemanage.preview.migrations import main

main()
