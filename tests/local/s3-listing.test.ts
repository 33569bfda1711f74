import { ListObjectsCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { BUCKET, s3UnderTest } from "./s3-under-test.ts";

const s3 = s3UnderTest();

describe("listing", () => {
  const names = ["a/1", "a/2", "b", "c/x/1", "c/y", "d", "é", "\u{ffee}", "\u{1f4a1}"];

  it("groups at the delimiter and pages without gaps or repetition, whatever the page size", async () => {
    await s3.start();
    for (const name of names) await s3.put(name, name);
    for (const MaxKeys of [1, 2, 3, 100]) {
      const seen: string[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await s3.client.send(
          new ListObjectsV2Command({
            Bucket: BUCKET,
            Delimiter: "/",
            MaxKeys,
            ...(ContinuationToken && { ContinuationToken }),
          }),
        );
        expect(page.KeyCount).toBeLessThanOrEqual(MaxKeys);
        seen.push(
          ...(page.CommonPrefixes ?? []).map((entry) => entry.Prefix!),
          ...(page.Contents ?? []).map((entry) => entry.Key!),
        );
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken);
      expect(seen.sort()).toEqual(["a/", "b", "c/", "d", "é", "\u{ffee}", "\u{1f4a1}"].sort());
    }
  });

  it("orders by UTF-8, filters by prefix and starts after a key", async () => {
    await s3.start();
    for (const name of [...names].reverse()) await s3.put(name, name);
    expect(await s3.keys()).toEqual(names);
    expect(await s3.keys({ Prefix: "c/" })).toEqual(["c/x/1", "c/y"]);
    expect(await s3.keys({ StartAfter: "c/y" })).toEqual(names.slice(5));
    expect(await s3.keys({ Prefix: "c/", StartAfter: "a" })).toEqual(["c/x/1", "c/y"]);
    expect(await s3.keys({ MaxKeys: 0 })).toEqual([]);
    const { Contents } = await s3.client.send(new ListObjectsV2Command({ Bucket: BUCKET, EncodingType: "url" }));
    expect(Contents?.map((entry) => decodeURIComponent(entry.Key!))).toEqual(names);
  });

  it("supports the older form with markers", async () => {
    await s3.start();
    for (const name of names) await s3.put(name, name);
    const seen: string[] = [];
    let Marker: string | undefined;
    do {
      const page = await s3.client.send(
        new ListObjectsCommand({ Bucket: BUCKET, Delimiter: "/", MaxKeys: 2, ...(Marker && { Marker }) }),
      );
      seen.push(
        ...(page.CommonPrefixes ?? []).map((entry) => entry.Prefix!),
        ...(page.Contents ?? []).map((entry) => entry.Key!),
      );
      Marker = page.NextMarker;
    } while (Marker);
    expect(seen.sort()).toEqual(["a/", "b", "c/", "d", "é", "\u{ffee}", "\u{1f4a1}"].sort());
  });
});
