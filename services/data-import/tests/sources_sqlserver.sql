-- For test_sources_elsewhere.py: sqlcmd -d DATABASE -i this
DROP TABLE IF EXISTS kinds;
CREATE TABLE kinds (
    id int PRIMARY KEY, yes bit, large bigint, wide decimal(38, 10), cash money,
    naive datetime2(6), moment datetimeoffset, day date, noon time(6),
    words nvarchar(max), uid uniqueidentifier, raw varbinary(max), ratio float
);
INSERT INTO kinds VALUES (
    1, 1, 9007199254740993, 1234567890123456789012345678.0123456789, 1.5,
    '2024-02-03 04:05:06.123456', '2024-02-03 04:05:06 +02:00', '2024-02-29', '12:00:01',
    N'你好', '00000000-0000-0000-0000-000000000001', 0x00ff, 2.25
);
INSERT INTO kinds (id) VALUES (2);
