"""A listing of S3 has the names that programs without an SDK read."""

from typing import Any

from embedded_aws import EmbeddedAws


def test_a_listing_is_a_list_bucket_result_in_the_namespace_of_s3(aws: EmbeddedAws) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="a-bucket")
    s3.put_object(Bucket="a-bucket", Key="results/m.txt", Body=b"x")
    bodies: list[bytes] = []

    def keep(http_response: Any, **_: Any) -> None:
        bodies.append(http_response.content)

    s3.meta.events.register("after-call.s3.ListObjectsV2", keep)
    assert s3.list_objects_v2(Bucket="a-bucket", Prefix="results/")["KeyCount"] == 1
    assert b'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' in bodies[0]
