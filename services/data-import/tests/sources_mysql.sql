-- For test_sources_elsewhere.py: mysql --default-character-set=utf8mb4 DATABASE < this
SET SESSION sql_mode = '', time_zone = '+00:00';
DROP TABLE IF EXISTS kinds;
CREATE TABLE kinds (
    id int PRIMARY KEY, yes tinyint(1), large bigint unsigned, wide decimal(38, 10),
    naive datetime(6), moment timestamp NULL, day date, span time, words text,
    raw blob, doc json, how enum('glad', 'sad'), bits bit(8), ratio double
) DEFAULT CHARACTER SET utf8mb4;
INSERT INTO kinds VALUES (
    1, 1, 18446744073709551615, '1234567890123456789012345678.0123456789',
    '2024-02-03 04:05:06.123456', '2024-02-03 04:05:06', '0000-00-00', '-12:00:01',
    '你好', x'00ff', '{"a": 1}', 'sad', b'101', 2.25
);
INSERT INTO kinds (id, moment) VALUES (2, NULL);
DROP FUNCTION IF EXISTS sneaky;
DELIMITER //
CREATE FUNCTION sneaky() RETURNS int MODIFIES SQL DATA
BEGIN
    INSERT INTO kinds (id) VALUES (99);
    RETURN 1;
END//
DELIMITER ;
