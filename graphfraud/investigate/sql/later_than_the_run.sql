-- purpose:    payments and logins that came after the run's as-of, which it does not know
-- zh:         批次截止时间之后的支付与登录
-- parameters: none
-- returns:    one record: payments, logins
-- cost:       all payments and logins
-- example:    graphfraud query later_than_the_run
SELECT (SELECT count(*) FROM raw_payments WHERE "at" > getvariable('as_of') AND coalesce(payer_kind, 'person') = 'person') AS payments,
  (SELECT count(*) FROM raw_logins WHERE "at" > getvariable('as_of')) AS logins
