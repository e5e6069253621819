from onemanage.imaging.migrations import main

main()
