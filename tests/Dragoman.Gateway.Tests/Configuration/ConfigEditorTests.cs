using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration.Editing;

namespace Dragoman.Gateway.Tests.Configuration;

/// <summary>Edits of a file in place: what is written where, to the letter.</summary>
public sealed class ConfigEditorTests
{
    private const string File = """
        # The house's own gateway.
        port: 8317   # as everywhere

        routing:
          strategy: "round-robin"  # quoted on purpose
          # session-affinity: true

        # who may ask
        api-keys:
          - one        # Ann
          - 'two'
        unknown-key: { a: 1, b: [ x, y ] }
        claude-api-key:
          - api-key: k1
            # the small ones
            models: [ haiku ]
          - name: second
            api-key: k2
        streaming:
        debug: false
        """;

    public static TheoryData<string, string, string, string> Edits => new()
    {
        { "port", "9000", "port: 8317   # as everywhere", "port: 9000   # as everywhere" },
        { "routing.strategy", "\"fill-first\"", "strategy: \"round-robin\"  # quoted", "strategy: \"fill-first\"  # quoted" },
        { "routing.session-affinity", "true", "  # session-affinity: true\n", "  # session-affinity: true\n  session-affinity: true\n" },
        { "api-keys[0]", "\"uno\"", "- one        # Ann", "- uno        # Ann" },
        { "api-keys[1]", "\"it's\"", "- 'two'", "- 'it''s'" },
        { "api-keys[+]", "\"three\"", "  - 'two'\n", "  - 'two'\n  - three\n" },
        { "api-keys[2]", "\"12\"", "  - 'two'\n", "  - 'two'\n  - \"12\"\n" },
        { "api-keys", "[\"one\",\"2\",\"three\"]", "  - 'two'\n", "  - '2'\n  - three\n" },
        { "unknown-key.a", "2", "{ a: 1,", "{ a: 2," },
        { "unknown-key.c", "\"x, y\"", "b: [ x, y ] }", "b: [ x, y ], c: \"x, y\" }" },
        { "unknown-key.b[+]", "\"z\"", "[ x, y ]", "[ x, y, z ]" },
        { "claude-api-key[0].models", "[\"haiku\",\"sonnet\"]", "[ haiku ]", "[ haiku, sonnet ]" },
        { "claude-api-key[1].prefix", "\"p\"", "    api-key: k2\n", "    api-key: k2\n    prefix: p\n" },
        { "claude-api-key[+]", "{\"api-key\":\"k3\",\"models\":[{\"name\":\"m\",\"alias\":\"a\"}]}", "    api-key: k2\n", "    api-key: k2\n  - api-key: k3\n    models:\n      - name: m\n        alias: a\n" },
        { "streaming.keepalive-seconds", "7", "streaming:\n", "streaming:\n  keepalive-seconds: 7\n" },
        { "debug", "true", "debug: false", "debug: true" },
        { "flows.mode", "\"full\"", "debug: false", "debug: false\nflows:\n  mode: full\n" },
        { "proxy-url", "\"http://a:b@h:1#x\"", "debug: false", "debug: false\nproxy-url: http://a:b@h:1#x\n" },
        { "note", "\"a: b\"", "debug: false", "debug: false\nnote: \"a: b\"\n" },
        { "debug", "{\"a\":1}", "debug: false", "debug:\n  a: 1\n" },
        { "api-keys", "\"none\"", "api-keys:\n  - one        # Ann\n  - 'two'\n", "api-keys: none\n" },
    };

    public static TheoryData<string, string, string> Removals => new()
    {
        { "port", "port: 8317   # as everywhere\n", "" },
        { "api-keys[0]", "  - one        # Ann\n", "" },
        { "api-keys", "api-keys:\n  - one        # Ann\n  - 'two'\n", "" },
        { "routing.strategy", "routing:\n  strategy: \"round-robin\"  # quoted on purpose\n", "routing: {}\n" },
        { "unknown-key.a", "{ a: 1, b:", "{ b:" },
        { "unknown-key.b", ", b: [ x, y ]", "" },
        { "unknown-key.b[1]", "[ x, y ]", "[ x ]" },
        { "claude-api-key[0].api-key", "- api-key: k1\n    # the small ones\n    models", "- models" },
        { "claude-api-key[1]", "  - name: second\n    api-key: k2\n", "" },
        { "claude-api-key[0].models[0]", "[ haiku ]", "[]" },
        { "debug", "debug: false", "" },
        { "not.there", "debug", "debug" },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public void Only_what_must_change_changes(string path, string value, string old, string now)
    {
        foreach (var end in (string[])["\n", "\r\n"])
        {
            var text = File.ReplaceLineEndings(end);
            var edit = ConfigEditor.Set(text, path, JsonNode.Parse(value));
            edit.Fault.ShouldBeNull();
            text.ShouldContain(old.ReplaceLineEndings(end));
            edit.Text.ShouldBe(text.Replace(old.ReplaceLineEndings(end), now.ReplaceLineEndings(end), StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Removals))]
    public void A_removal_takes_its_own_lines_only(string path, string old, string now)
    {
        var edit = ConfigEditor.Remove(File, path);
        edit.Fault.ShouldBeNull();
        edit.Text.ShouldBe(File.Replace(old, now, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "port", "9000", "port: 9000\n")]
    [InlineData("# nothing yet", "routing.strategy", "\"sticky\"", "# nothing yet\nrouting:\n  strategy: sticky\n")]
    [InlineData("a:\n    b: 1\nc:\n- x\n", "d", "{\"e\":{\"f\":1},\"g\":[1]}", "a:\n    b: 1\nc:\n- x\nd:\n    e:\n        f: 1\n    g:\n    - 1\n")]
    [InlineData("a: |\n  one\n  two\n\nb: 1\n", "a", "\"x\"", "a: x\n\nb: 1\n")]
    [InlineData("a: |\n  one\n  two\n", "b", "1", "a: |\n  one\n  two\nb: 1\n")]
    [InlineData("a:   # why\nb: 1\n", "a", "5", "a: 5   # why\nb: 1\n")]
    [InlineData("a: 1   # why\nb: 1\n", "a", "[1,2]", "a:   # why\n  - 1\n  - 2\nb: 1\n")]
    [InlineData("a:\n  - 1\n  # x\n  - 2\nb: 1\n", "a", "{\"k\":true}", "a:\n  k: true\nb: 1\n")]
    [InlineData("a: ~\n", "a.b.c", "null", "a: ~\n")]
    [InlineData("a: ~\n", "a.b", "1", "a:\n  b: 1\n")]
    [InlineData("\"a b\": 1\n'c': {}\n", "c.[\"x.y\"]", "1", "\"a b\": 1\n'c': {}\n")]
    [InlineData("'c': {}\n", "c[\"x.y\"]", "1", "'c': { x.y: 1 }\n")]
    [InlineData("a: \"line one\n  line two\"\nb: 1\n", "a", "\"x\"", "a: \"x\"\nb: 1\n")]
    [InlineData("{ a: 1 }\n", "b", "2", "{ a: 1, b: 2 }\n")]
    [InlineData("a: \"\\u00e4 😀\" # ü\nb: 'x' # 😀\n", "b", "\"y\"", "a: \"\\u00e4 😀\" # ü\nb: 'y' # 😀\n")]
    public void Odd_files_are_edited_as_a_person_would(string text, string path, string value, string now)
    {
        var edit = ConfigEditor.Set(text, path, JsonNode.Parse(value));
        (edit.Text ?? text).ShouldBe(now, edit.Fault);
    }

    [Theory]
    [InlineData("a: &x { b: 1 }\nc: *x\n", "a.b")]
    [InlineData("a: &x { b: 1 }\nc: *x\n", "c.b")]
    [InlineData("a: 1\n---\nb: 2\n", "a")]
    [InlineData("a: [ 1\n", "a")]
    [InlineData("a: 1\na: 2\n", "a")]
    [InlineData("- 1\n", "a")]
    [InlineData("a: 1\n", "a.b")]
    [InlineData("a: [ 1 ]\n", "a.b")]
    [InlineData("a: [ 1 ]\n", "a[5]")]
    [InlineData("a: 1\n", "")]
    [InlineData("a: 1\n", "a..b")]
    [InlineData("a: 1\n", "[0]")]
    public void What_cannot_be_done_in_place_is_refused_with_a_reason(string text, string path)
    {
        var edit = ConfigEditor.Set(text, path, JsonValue.Create(9));
        edit.Text.ShouldBeNull();
        edit.Fault.ShouldNotBeNullOrWhiteSpace();
    }
}
