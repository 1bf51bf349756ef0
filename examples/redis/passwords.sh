#!/bin/sh
# Makes secrets/: a password for each account, and the configuration files with them filled in.
# Runs once. To change the passwords, remove secrets/ and run it again.
set -eu
cd "$(dirname "$0")"

# Nobody else enters the folder. The files in it are readable, since a container reads them as another user.
mkdir -m 700 secrets
umask 022
echo '*' >secrets/.gitignore

fill=
for account in holdfast replica watcher operator sentinels; do
  password=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
  sha256=$(printf %s "$password" | sha256sum | cut -d ' ' -f 1)
  printf %s "$password" >"secrets/$account.password"
  fill="$fill;s/<$account-password>/$password/g;s/<$account-sha256>/$sha256/g"
done

for file in redis.conf users.acl sentinel.conf; do
  sed "${fill#;}" "$file" >"secrets/$file"
done
