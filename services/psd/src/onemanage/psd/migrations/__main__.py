from onemanage.psd.migrations import main

main()
