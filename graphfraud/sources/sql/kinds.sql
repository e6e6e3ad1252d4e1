-- purpose: what each kind of column accepts: KIND_of(raw) is the typed value, KIND_fault(raw) says what is wrong
-- parameters: none
-- returns: nothing; defines macros, in which raw is text (in moment and midnight: microseconds since 1970, UTC)
-- cost: none
CREATE MACRO fits(raw, longest) AS length(raw) <= longest AND NOT contains(raw, chr(0));

CREATE MACRO id_of(raw) AS CASE WHEN fits(raw, 128) THEN raw END;
CREATE MACRO id_fault(raw) AS CASE WHEN length(raw) > 128 THEN 'longer than 128 characters' END;

CREATE MACRO text_of(raw) AS CASE WHEN fits(raw, 4000) THEN raw END;
CREATE MACRO text_fault(raw) AS CASE WHEN length(raw) > 4000 THEN 'longer than 4,000 characters' END;
CREATE MACRO identifier_fault(raw) AS text_fault(raw);

CREATE MACRO choice_of(raw) AS raw;
CREATE MACRO choice_fault(raw, choices) AS
    CASE WHEN NOT list_contains(choices, raw) THEN 'not one of ' || array_to_string(choices, ', ') END;

CREATE MACRO flag_of(raw) AS CASE lower(raw) WHEN 'true' THEN true WHEN 'false' THEN false END;
CREATE MACRO flag_fault(raw) AS CASE WHEN flag_of(raw) IS NULL THEN 'not true or false' END;

CREATE MACRO moment_of(raw) AS
    CASE WHEN raw BETWEEN -2208988800000000 AND 7289654399999999 THEN CAST(make_timestamp(raw) AS TIMESTAMPTZ) END;
CREATE MACRO moment_fault(raw) AS CASE WHEN moment_of(raw) IS NULL THEN 'year outside 1900 to 2200' END;

-- The pattern keeps out what a cast would take too: 'infinity', 'epoch', zone names, trailing words.
CREATE MACRO time_of(raw) AS TRY_CAST(raw AS TIMESTAMPTZ);
CREATE MACRO time_fault(raw) AS
    CASE
        WHEN NOT regexp_full_match(
            raw,
            '\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-](0\d|1[0-5])(:?[0-5]\d)?)?)?'
        ) OR time_of(raw) IS NULL
            THEN 'not a time (ISO 8601 UTC expected)'
        WHEN moment_of(epoch_us(time_of(raw))) IS NULL
            THEN 'year outside 1900 to 2200'
    END;

CREATE MACRO date_of(raw) AS TRY_CAST(left(raw, 10) AS DATE);
CREATE MACRO date_fault(raw) AS
    CASE
        WHEN NOT regexp_full_match(
            raw, '\d{4}-\d{2}-\d{2}([T ]00:00(:00(\.0{1,9})?)?(Z|[+-]00(:?00)?)?)?'
        ) OR date_of(raw) IS NULL
            THEN 'not a date (YYYY-MM-DD expected)'
        WHEN year(date_of(raw)) NOT BETWEEN 1900 AND 2200
            THEN 'year outside 1900 to 2200'
    END;
CREATE MACRO midnight_of(raw) AS CAST(moment_of(raw) AS DATE);
CREATE MACRO midnight_fault(raw) AS
    CASE
        WHEN moment_of(raw) IS NULL THEN 'year outside 1900 to 2200'
        WHEN raw % 86400000000 <> 0 THEN 'not a date (YYYY-MM-DD expected)'
    END;

-- The pattern keeps out what a cast would take too: blanks, underscores, nan, inf.
CREATE MACRO is_number(raw) AS
    regexp_full_match(raw, '[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?') AND isfinite(TRY_CAST(raw AS DOUBLE));
CREATE MACRO number_of(raw) AS abs(TRY_CAST(raw AS DOUBLE));
CREATE MACRO number_fault(raw) AS
    CASE
        WHEN NOT coalesce(is_number(raw), false) THEN 'not a number'
        WHEN TRY_CAST(raw AS DOUBLE) < 0 THEN 'negative number'
    END;
CREATE MACRO share_of(raw) AS number_of(raw);
CREATE MACRO share_fault(raw) AS
    CASE
        WHEN NOT coalesce(is_number(raw), false) THEN 'not a number'
        WHEN TRY_CAST(raw AS DOUBLE) NOT BETWEEN 0 AND 1 THEN 'share outside 0 to 1'
    END;
CREATE MACRO count_of(raw) AS TRY_CAST(number_of(raw) AS BIGINT);
CREATE MACRO count_fault(raw) AS
    CASE
        WHEN NOT coalesce(is_number(raw), false) THEN 'not a number'
        WHEN TRY_CAST(raw AS DOUBLE) < 0 THEN 'negative number'
        WHEN number_of(raw) <> floor(number_of(raw)) THEN 'not a whole number'
        WHEN number_of(raw) > 9e15 THEN 'number above 9,000,000,000,000,000'
    END;

-- The cast to two decimals rounds half away from zero, from the text itself and not from a float.
CREATE MACRO yuan_of(raw) AS TRY_CAST(raw AS DECIMAL(18, 2));
CREATE MACRO money_of(raw) AS TRY_CAST(yuan_of(raw) * 100 AS BIGINT);
CREATE MACRO money_fault(raw) AS
    CASE
        WHEN NOT coalesce(is_number(raw), false) THEN 'not a number'
        WHEN TRY_CAST(raw AS DOUBLE) < 0 THEN 'negative amount'
        WHEN TRY_CAST(raw AS DOUBLE) > 9e13 THEN 'amount above 90 trillion yuan'
        WHEN money_of(raw) IS NULL THEN 'not a number'
    END;

-- What a reject shows of a value: short, printable, and nothing that could be somebody's phone, card or address.
CREATE MACRO shown(value) AS left(replace(value, chr(0), '␀'), 200);
CREATE MACRO spelled(micros) AS
    CASE
        WHEN micros NOT BETWEEN -60000000000000000 AND 200000000000000000 THEN 'beyond any year'
        ELSE strftime(make_timestamp(micros), '%Y-%m-%dT%H:%M:%S.%fZ')
    END;
CREATE MACRO harmless(value) AS
    CASE
        WHEN value IS NULL THEN NULL
        WHEN regexp_full_match(value, '\d{4}-\d{1,2}-\d{1,2}([T ][0-9:.+Z-]{1,25})?') THEN value
        WHEN regexp_full_match(value, '[A-Za-z0-9_.:-]{1,64}')
            AND length(regexp_replace(value, '[^0-9]', '', 'g')) <= 6 THEN value
        ELSE '(withheld)'
    END;
