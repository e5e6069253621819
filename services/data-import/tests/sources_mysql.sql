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
DROP TABLE IF EXISTS every_type;
CREATE TABLE every_type (
    id int PRIMARY KEY, a_tinyint tinyint, a_boolean boolean, a_smallint smallint unsigned,
    a_mediumint mediumint, an_int int unsigned zerofill, a_bigint bigint, a_unsigned bigint unsigned,
    a_decimal decimal(30, 10), a_float float, a_double double, a_bit bit(8), a_long_bit bit(64),
    a_date date, a_time time(6), a_datetime datetime(6), a_timestamp timestamp(6) NULL, a_year year,
    a_char char(3), a_varchar varchar(20), a_binary binary(2), a_varbinary varbinary(4),
    a_tinytext tinytext, a_text text, a_mediumtext mediumtext, a_longtext longtext,
    a_tinyblob tinyblob, a_blob blob, a_mediumblob mediumblob, a_longblob longblob,
    an_enum enum('a','b'), a_set set('x','y'), a_json json,
    a_geometry geometry, a_point point, a_line linestring, a_polygon polygon,
    points multipoint, lines_ multilinestring, polygons multipolygon, things geometrycollection
) DEFAULT CHARACTER SET utf8mb4;
INSERT INTO every_type VALUES (1, -128, true, 65535, -8388608, 4294967295, -9223372036854775808, 18446744073709551615,
 1234567890.0123456789, 1.1, 0.1, b'101', b'1111111111111111111111111111111111111111111111111111111111111111',
 '2024-02-29', '12:00:01.5', '2024-02-03 04:05:06.123456', '2024-02-03 04:05:06.5', 2024,
 'ab', '你好', x'00ff', x'00ff', 'a','b','c','d', x'00', x'01', x'02', x'ff', 'b', 'x,y', '{"a": 1}',
 ST_GeomFromText('POINT(1 2)'), ST_GeomFromText('POINT(1.5 2)'), ST_GeomFromText('LINESTRING(0 0,1 1)'), ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))'),
 ST_GeomFromText('MULTIPOINT(0 0,1 1)'), ST_GeomFromText('MULTILINESTRING((0 0,1 1))'), ST_GeomFromText('MULTIPOLYGON(((0 0,1 0,1 1,0 0)))'), ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 2))'));
INSERT INTO every_type (id, a_timestamp) VALUES (2, NULL);
DROP FUNCTION IF EXISTS sneaky;
DELIMITER //
CREATE FUNCTION sneaky() RETURNS int MODIFIES SQL DATA
BEGIN
    INSERT INTO kinds (id) VALUES (99);
    RETURN 1;
END//
DELIMITER ;
