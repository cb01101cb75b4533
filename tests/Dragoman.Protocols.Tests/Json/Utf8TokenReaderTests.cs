using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Tests.Json;

/// <summary>The framework's own reader is the judge: the same tokens, or an exception from both.</summary>
public sealed class Utf8TokenReaderTests
{
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"a\"", "\"\"", "\"\\n\\\"\\\\x\"", "\"\\u00e9\\ud83d\\ude00\"", "\"\\q\"", "\"\\u12\"", "\"open", "true", "false", "null", "nul",
        "0", "-0", "01", "-", "1.5", "1.", "1e5", "1E+05", "1e", "12345678901234567890", " ", "\n", "\t", "\"tab\there\"", "\"" + new string('x', 40) + "\\t" + new string('y', 40) + "\"",
    ];

    [Fact]
    public void Random_texts_read_as_the_framework_reads_them()
    {
        var random = new Random(11);
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            Compare(text);
        }
    }

    [Fact]
    public void Valid_texts_and_their_mutations_read_as_the_framework_reads_them()
    {
        var random = new Random(12);
        for (var round = 0; round < 5_000; round++)
        {
            var text = RandomValue(random, 0);
            Compare(text);
            var at = random.Next(text.Length);
            Compare(text.Remove(at, 1));
            Compare(text.Insert(at, Pieces[random.Next(Pieces.Length)]));
        }
    }

    [Fact]
    public void Long_strings_and_their_mutations_read_as_the_framework_reads_them()
    {
        string[] parts = ["plain", "\\n", "\\\"", "\\\\", "\\u00fc", "\\/", "{[,]}", "ü", new string('z', 61), new string('y', 64)];
        var random = new Random(14);
        for (var round = 0; round < 5_000; round++)
        {
            var text = "[\"" + string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => parts[random.Next(parts.Length)])) + "\", 1]";
            Compare(text);
            // One byte less, or one that ends, escapes or breaks the string: anywhere, so also at the seams of blocks.
            var at = random.Next(text.Length);
            if (!char.IsSurrogate(text[at])) Compare(text.Remove(at, 1));
            Compare(text.Insert(at, ((string[])["\"", "\\", "\n", "\u0001"])[random.Next(4)]));
        }
    }

    [Fact]
    public void Skipping_a_value_lands_where_reading_it_lands()
    {
        var random = new Random(13);
        for (var round = 0; round < 2_000; round++)
        {
            var json = Encoding.UTF8.GetBytes($"[{RandomValue(random, 0)}, 1]");
            var reader = new Utf8TokenReader(json);
            reader.Read();
            reader.Read();
            reader.Skip();
            reader.Read().ShouldBeTrue();
            reader.TokenType.ShouldBe(JsonTokenType.Number);
            reader.Read().ShouldBeTrue();
            reader.TokenType.ShouldBe(JsonTokenType.EndArray);
            reader.Read().ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void Nesting_is_bounded(int depth, bool fine)
    {
        var json = Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));
        if (fine) Utf8TokenReader.Check(json);
        else Should.Throw<JsonException>(() => Utf8TokenReader.Check(json));
    }

    private static void Compare(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var theirs = Theirs(bytes);
        Ours(bytes).ShouldBe(theirs, text);
        Holds(bytes).ShouldBe(theirs != "not JSON", text);
    }

    private static bool Holds(byte[] bytes)
    {
        try
        {
            Utf8TokenReader.Check(bytes);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Ours(byte[] bytes)
    {
        var log = new StringBuilder();
        try
        {
            var reader = new Utf8TokenReader(bytes, new JsonReaderOptions { MaxDepth = 64 });
            while (reader.Read()) log.Append(reader.TokenType).Append(' ').Append(reader.TokenStartIndex).Append(' ').Append(reader.CurrentDepth).Append(' ').Append(Value(reader.TokenType, reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? reader.GetString() : Encoding.UTF8.GetString(reader.ValueSpan))).Append(';');
        }
        catch (JsonException)
        {
            return "not JSON";
        }

        return log.ToString();
    }

    private static string Theirs(byte[] bytes)
    {
        var log = new StringBuilder();
        try
        {
            var reader = new System.Text.Json.Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 64 });
            while (reader.Read()) log.Append(reader.TokenType).Append(' ').Append(reader.TokenStartIndex).Append(' ').Append(reader.CurrentDepth).Append(' ').Append(Value(reader.TokenType, reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? reader.GetString() : Encoding.UTF8.GetString(reader.ValueSpan))).Append(';');
        }
        catch (JsonException)
        {
            return "not JSON";
        }

        return log.ToString();
    }

    private static string? Value(JsonTokenType type, string? text) => type is JsonTokenType.StartObject or JsonTokenType.EndObject or JsonTokenType.StartArray or JsonTokenType.EndArray ? "" : text;

    private static string RandomValue(Random random, int depth) => random.Next(depth > 4 ? 4 : 7) switch
    {
        0 => "true",
        1 => "-12.50e-3",
        2 => "null",
        3 => "\"" + string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => (string[])["a", "\\n", "\\\"", "{", "]", "ü", "\\u00fc", new string('z', 33)]).Select(all => all[random.Next(all.Length)])) + "\"",
        4 or 5 => "{" + string.Join(", ", Enumerable.Range(0, random.Next(4)).Select(i => $"\"k{i}\" : {RandomValue(random, depth + 1)}")) + "}",
        _ => "[ " + string.Join(",", Enumerable.Range(0, random.Next(4)).Select(_ => RandomValue(random, depth + 1))) + "]",
    };
}
