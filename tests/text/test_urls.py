import pytest

from watch.domain import NO_URL
from watch.text.urls import canonical, host


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("http://example.org", "http://example.org/"),
        (" https://Example.ORG/A \n", "https://example.org/A"),
        ("HTTPS://example.org:443/", "https://example.org/"),
        ("http://example.org:80", "http://example.org/"),
        ("http://example.org:8080/", "http://example.org:8080/"),
        ("http://example.org./", "http://example.org/"),
        ("http://example.org/a#part", "http://example.org/a"),
        ("http://example.org/#!/page", "http://example.org/#!/page"),
        ("http://example.org/a/./b/../c", "http://example.org/a/c"),
        ("http://example.org/../..", "http://example.org/"),
        ("http://example.org/a/%2e%2e/b", "http://example.org/b"),
        ("http://example.org//a///b/", "http://example.org/a/b/"),
        (
            "http://web.example.org/2026/http://x.org//a",
            "http://web.example.org/2026/http://x.org/a",
        ),
        ("http://example.org/a?", "http://example.org/a"),
        ("http://example.org?b=2&a=1", "http://example.org/?b=2&a=1"),
        ("http://example.org/?a=&&b", "http://example.org/?a=&b"),
        ("http://example.org/%7ea%c3%a9", "http://example.org/~a%C3%A9"),
        ("http://example.org/été?q=é è", "http://example.org/%C3%A9t%C3%A9?q=%C3%A9%20%C3%A8"),
        ("http://example.org/100%", "http://example.org/100%25"),
        ("http://écran.example/", "http://xn--cran-9oa.example/"),
        ("http://straße.example/", "http://xn--strae-oqa.example/"),
        ("http://ＥＸＡＭＰＬＥ.org/", "http://example.org/"),
        ("http://[2001:DB8::0:1]:80/", "http://[2001:db8::1]/"),
        ("http://127.0.0.1:5000/feed", "http://127.0.0.1:5000/feed"),
        ("http://x.org/?utm_source=rss&id=3&UTM_Medium=a", "http://x.org/?id=3"),
        ("http://x.org/?fbclid=a&gclid=b&mc_cid=c&mc_eid=d", "http://x.org/"),
        ("http://x.org/?xtor=RSS-1&at_medium=rss&at_campaign=x", "http://x.org/"),
        ("http://x.org/?ref=rss&source=LinkedIn", "http://x.org/"),
        ("http://x.org/?ref=12&source=4", "http://x.org/?ref=12&source=4"),
        ("http://x.org/a;jsessionid=0A1?p=1&PHPSESSID=f", "http://x.org/a?p=1"),
    ],
)
def test_a_page_has_one_address(written, address):
    assert canonical(written) == address
    assert canonical(address) == address


@pytest.mark.parametrize(
    "written",
    [
        "",
        "example.org/a",
        "//example.org/a",
        "/a",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.org/",
        "mailto:a@example.org",
        "http:///a",
        "http://",
        "http://user@example.org/",
        "http://user:pass@example.org/",
        "http://127.0.0.1:P\\@example.org/",
        "http://example.org\\a",
        "http://exa mple.org/",
        "http://example.org/a\nb",
        "http://example.org/\x00",
        "http://example.org/\ud800",
        "http://example.org:99999/",
        "http://example.org:0/",
        "http://example.org:8a/",
        "http://a..b/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://☃.example/",
        "http://example.org/" + "a" * 2_100,
    ],
)
def test_what_is_no_web_address_is_none(written):
    assert canonical(written) == NO_URL


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("../b?c", "https://x.org/a/b?c"),
        ("/b", "https://x.org/b"),
        ("//y.org/b", "https://y.org/b"),
        ("http://y.org/b", "http://y.org/b"),
        ("?p=2", "https://x.org/a/feed/in?p=2"),
        ("javascript:alert(1)", ""),
        ("//[", ""),
    ],
)
def test_a_relative_address_is_read_from_its_base(written, address):
    assert canonical(written, "https://x.org/a/feed/in") == address


def test_a_host_keeps_its_port():
    assert host(canonical("http://Example.org/a")) == "example.org"
    assert host(canonical("http://127.0.0.1:5000/a")) == "127.0.0.1:5000"
    assert host(NO_URL) == ""
