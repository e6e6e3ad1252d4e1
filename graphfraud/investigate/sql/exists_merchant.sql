-- purpose:    is there this merchant, listed or only named by a payment
-- parameters: $id
-- returns:    a row if there is
-- cost:       a scan of merchants and payments
SELECT merchant_id AS id FROM raw_merchants WHERE merchant_id = $id
UNION
SELECT payee_id FROM raw_payments WHERE payee_id = $id AND payee_kind = 'merchant'
UNION
SELECT payer_id FROM raw_payments WHERE payer_id = $id AND payer_kind = 'merchant'
