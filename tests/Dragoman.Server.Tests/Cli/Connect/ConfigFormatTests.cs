using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Management.Clients;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Server.Tests.Cli.Connect;

/// <summary>The languages of configuration files: what is set can be read, and nothing else moves.</summary>
[Trait("speed", "fast")]
public sealed class ConfigFormatTests
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    [Theory]
    [InlineData("", "{\n  \"env\": {\n    \"A\": \"1\"\n  }\n}\n")]
    [InlineData("{}", "{\n  \"env\": {\n    \"A\": \"1\"\n  }\n}")]
    [InlineData("{\n    // mine\n    \"model\": \"x\" // keep\n}\n", "{\n    // mine\n    \"model\": \"x\", // keep\n    \"env\": {\n        \"A\": \"1\"\n    }\n}\n")]
    [InlineData("{\n\t\"env\": {\n\t\t\"B\": \"2\", /* two */\n\t},\n}", "{\n\t\"env\": {\n\t\t\"B\": \"2\", /* two */\n\t\t\"A\": \"1\",\n\t},\n}")]
    [InlineData("{\"env\":{\"B\":\"2\"}}", "{\"env\":{\"B\":\"2\", \"A\": \"1\"}}")]
    [InlineData("{\r\n  \"env\": {}\r\n}\r\n", "{\r\n  \"env\": {\r\n    \"A\": \"1\"\r\n  }\r\n}\r\n")]
    [InlineData("{ \"env\": { \"A\": /* old */ \"0\" } }", "{ \"env\": { \"A\": /* old */ \"1\" } }")]
    [InlineData("\uFEFF{\n  \"a//b\": \"/* no comment */\"\n}", "\uFEFF{\n  \"a//b\": \"/* no comment */\",\n  \"env\": {\n    \"A\": \"1\"\n  }\n}")]
    public void Json_is_edited_in_place(string before, string after)
    {
        var json = new JsoncFormat();
        var depth = json.Depth(before, ["env", "A"]);

        var text = json.Set(before, ["env", "A"], "\"1\"");

        text.ShouldBe(after);
        json.Find(text, ["env", "A"]).ShouldBe("\"1\"");
        if (before.Trim() is not ("" or "{}") && depth < 2) json.Remove(text, ["env", "A"], depth).ShouldBe(before);
    }

    [Fact]
    public void Removing_leaves_comments_and_commas_right()
    {
        var json = new JsoncFormat();
        const string text = "{\n  // one\n  \"a\": 1, // after a\n  \"b\": { \"c\": 2 },\n  \"d\": 3\n}\n";
        json.Remove(text, ["a"], 0).ShouldBe("{\n  // one\n  \"b\": { \"c\": 2 },\n  \"d\": 3\n}\n");
        json.Remove(text, ["d"], 0).ShouldBe("{\n  // one\n  \"a\": 1, // after a\n  \"b\": { \"c\": 2 }\n}\n");
        json.Remove(text, ["b", "c"], 0).ShouldBe("{\n  // one\n  \"a\": 1, // after a\n  \"d\": 3\n}\n");
        json.Remove(text, ["b", "c"], 1).ShouldBe("{\n  // one\n  \"a\": 1, // after a\n  \"b\": { },\n  \"d\": 3\n}\n");
    }

    [Fact]
    public void Any_json_says_the_same_after_set_and_remove()
    {
        var json = new JsoncFormat();
        var names = Gen.Elements("a", "b", "env", "A", "x.y", "q\"uote");
        var leaf = Gen.Elements("1", "\"s\"", "null", "true", "[1, {\"a\": 2}]", "{}", "\"a//b\"");
        Gen<string> Object(int depth) =>
            from count in Gen.Choose(0, 3)
            from keys in names.ArrayOf(count)
            from values in (depth == 0 ? leaf : Gen.OneOf(leaf, Object(depth - 1))).ArrayOf(count)
            from style in Gen.Elements((" ", "", ""), ("\n  ", "", "\n"), ("\n\t", " // why", "\n"), ("\r\n", " /* c */", "\r\n"))
            from trailing in Gen.Elements(true, false)
            let members = keys.Distinct().Zip(values, (key, value) => $"{style.Item1}{JsonSerializer.Serialize(key)}: {value}").ToList()
            // A comment to the end of the line wants the line to end.
            select "{" + string.Join("", members.Select((member, place) => member + (place < members.Count - 1 || trailing ? "," : "") + style.Item2)) + style.Item3 + "}";
        var paths = Gen.Elements<string[]>(["env", "A"], ["b"], ["a", "b", "env"], ["x.y"], ["q\"uote", "a"]);

        Prop.ForAll((from text in Object(2) from path in paths select (text, path)).ToArbitrary(), pair =>
        {
            var (text, path) = pair;
            var before = JsonNode.Parse(text, null, Lenient)!;
            string set;
            try
            {
                set = json.Set(text, path, "\"new\"");
            }
            catch (ClientFileException)
            {
                // Something on the way is no object: nothing is changed then.
                return path.Length > 1;
            }

            var expected = before.DeepClone();
            var at = expected.AsObject();
            foreach (var word in path[..^1]) at = (at[word] ??= new JsonObject()).AsObject();
            at[path[^1]] = "new";
            JsonNode.DeepEquals(JsonNode.Parse(set, null, Lenient), expected).ShouldBeTrue(set);
            if (json.Find(text, path) is { } old)
            {
                json.Restore(set, path, old).ShouldBe(text);
                return true;
            }

            foreach (var comment in (string[])["// why", "/* c */"]) set.Split(comment).Length.ShouldBe(text.Split(comment).Length);
            var removed = json.Remove(set, path, json.Depth(text, path));
            JsonNode.DeepEquals(JsonNode.Parse(removed, null, Lenient), before).ShouldBeTrue(removed);
            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("{ \"a\": 1", "line 1")]
    [InlineData("[]", "expected '{'")]
    [InlineData("{\n  a: 1\n}", "line 2")]
    [InlineData("{\"a\" \"b\"}", "':'")]
    [InlineData("{\"env\": 3}", "no object")]
    public void Json_that_cannot_be_read_is_told(string text, string words)
        => Should.Throw<ClientFileException>(() => new JsoncFormat().Set(text, ["env", "A"], "1")).Message.ShouldContain(words);

    [Theory]
    [InlineData("", "top = 1\n\n[t.u]\nk = \"v\"\n")]
    [InlineData("# mine\n[other]\na = 1 # one\n", "top = 1\n\n# mine\n[other]\na = 1 # one\n\n[t.u]\nk = \"v\"\n")]
    [InlineData("x = \"\"\"\n[t.u]\nk = 1\n\"\"\"\ny = [\n  1, # ]\n  2,\n]\n[other]\n", "x = \"\"\"\n[t.u]\nk = 1\n\"\"\"\ny = [\n  1, # ]\n  2,\n]\ntop = 1\n[other]\n\n[t.u]\nk = \"v\"\n")]
    [InlineData("top = 0 # was\n\n[t.\"u\"]\nk = 'old'\n\n[z]\n", "top = 1 # was\n\n[t.\"u\"]\nk = \"v\"\n\n[z]\n")]
    [InlineData("[t.u]\nother = { a = 1, b = [ \"]\" ] }\n\n# z\n[z]\n", "top = 1\n\n[t.u]\nother = { a = 1, b = [ \"]\" ] }\nk = \"v\"\n\n# z\n[z]\n")]
    public void Toml_is_edited_in_place(string before, string after)
    {
        var toml = new TomlFormat();
        var (top, key) = (toml.Depth(before, ["top"]), toml.Depth(before, ["t", "u", "k"]));
        var had = toml.Find(before, ["top"]);

        var text = toml.Set(toml.Set(before, ["top"], "1"), ["t", "u", "k"], "\"v\"");

        text.ShouldBe(after);
        if (had is null) toml.Remove(toml.Remove(text, ["t", "u", "k"], key), ["top"], top).ShouldBe(before);
        else toml.Restore(toml.Restore(text, ["t", "u", "k"], "'old'"), ["top"], had).ShouldBe(before);
    }

    [Theory]
    [InlineData("t = { u = { k = 1 } }\n", "write it as")]
    [InlineData("a = \n", "expected a value")]
    [InlineData("a = \"x\n", "does not end")]
    [InlineData("[t\n", "line 1")]
    public void Toml_that_cannot_be_edited_is_told(string text, string words)
        => Should.Throw<ClientFileException>(() => new TomlFormat().Set(text, ["t", "u", "k"], "1")).Message.ShouldContain(words);

    [Fact]
    public void Variables_are_set_in_place()
    {
        var env = new DotEnvFormat();
        env.Set("", ["A"], "1").ShouldBe("A=1\n");
        env.Set("# c\nexport A=0\r\nB=2", ["A"], "1").ShouldBe("# c\nexport A=1\r\nB=2");
        env.Set("B=2", ["A"], "1").ShouldBe("B=2\nA=1\n");
        env.Remove("B=2\nA=1\nC=3\n", ["A"], 0).ShouldBe("B=2\nC=3\n");
        env.Find("A=old\nAA=3\nA='new one'\n", ["A"]).ShouldBe("'new one'");
        DotEnvFormat.Literal("http://127.0.0.1:8317").ShouldBe("http://127.0.0.1:8317");
        DotEnvFormat.Literal("two words").ShouldBe("'two words'");
    }

    [Fact]
    public void Differences_are_unified()
    {
        var before = string.Concat(Enumerable.Range(1, 20).Select(line => $"line {line}\n"));
        var after = before.Replace("line 3\n", "", StringComparison.Ordinal).Replace("line 18\n", "line 18\nmore", StringComparison.Ordinal);

        UnifiedDiff.Create("f", before, after).ShouldBe("""
            --- f
            +++ f
            @@ -1,6 +1,5 @@
             line 1
             line 2
            -line 3
             line 4
             line 5
             line 6
            @@ -16,5 +15,5 @@
             line 16
             line 17
             line 18
            -line 19
            +moreline 19
             line 20

            """);
        UnifiedDiff.Create("f", null, "a").ShouldBe("--- /dev/null\n+++ f\n@@ -0,0 +1 @@\n+a\n\\ No newline at end of file\n");
        UnifiedDiff.Create("f", "a\n", null).ShouldBe("--- f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n");
        UnifiedDiff.Create("f", "a\n", "a\n").ShouldBe("");
    }
}
