from __future__ import annotations

import pytest

from watch.text.cited import cited_hosts


@pytest.mark.parametrize(
    ("html", "hosts"),
    [
        ("Un texte sans lien, mais avec https://labo.example/", ()),
        ("<a href='https://www.Labo.example:8443/x'>x</a>", ("www.labo.example",)),
        ("<a class=x href = http://labo.example>x</a>", ("labo.example",)),
        ("&lt;a href=&quot;https://labo.example/x&quot;&gt;", ("labo.example",)),
        ("&amp;lt;a href=&amp;quot;https://labo.example&amp;quot;", ("labo.example",)),
        ('<a href="https://a.example/"><a href="https://a.example/b">', ("a.example",)),
        ('<a href="/x"><a href="mailto:a@b.example"><a href="javascript:x">', ()),
        ('<a href="http://127.0.0.1/"><a href="http://[::1]/"><a href="http://localhost/">', ()),
        ('<a href="https://user@labo.example/">', ()),
        ('<a href="HTTPS://Labo.Example/"><a href="http://labo.example">', ("labo.example",)),
        ('<img src="https://cdn.example/a.png">', ()),
    ],
)
def test_links_tell_the_sites_that_a_text_cites(html: str, hosts: tuple[str, ...]) -> None:
    assert cited_hosts(html) == hosts


def test_a_list_of_links_is_no_citation_without_end() -> None:
    html = "".join(f'<a href="https://h{n}.example/">' for n in range(5_000))

    assert len(cited_hosts(html)) == 20
    assert cited_hosts('href="https://' + "a." * 200_000) == ()
