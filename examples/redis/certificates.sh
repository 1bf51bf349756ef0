#!/bin/sh
# Makes secrets/tls/: a certificate authority of your own, and a certificate for the hosts that are named.
# ./certificates.sh redis-1 redis-2 redis-3 — again before the year is over, or with your own authority instead.
set -eu
cd "$(dirname "$0")"
hosts=$(printf 'DNS:%s,' "$@")

mkdir -p secrets/tls
cd secrets/tls
key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'

# shellcheck disable=SC2086
[ -e ca.key ] || openssl req -x509 $key -days 3650 -subj '/CN=Redis of Holdfast' -keyout ca.key -out ca.crt
# shellcheck disable=SC2086
openssl req $key -subj "/CN=$1" -keyout redis.key -out redis.csr
printf 'subjectAltName=%s\n' "${hosts%,}" >redis.ext
openssl x509 -req -in redis.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 365 -extfile redis.ext -out redis.crt
rm redis.csr redis.ext
chmod 644 redis.key
