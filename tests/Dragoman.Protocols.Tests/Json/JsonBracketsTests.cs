using System.Text;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Tests.Json;

/// <summary>A walk byte by byte is the judge of the steps of 64.</summary>
public sealed class JsonBracketsTests
{
    [Fact]
    public void Runs_of_backslashes_end_strings_where_a_walk_ends_them()
    {
        var random = new Random(21);
        for (var round = 0; round < 20_000; round++)
        {
            var text = new StringBuilder("{");
            for (var piece = random.Next(1, 12); piece > 0; piece--)
            {
                text.Append('"');
                for (var part = random.Next(0, 5); part > 0; part--)
                {
                    // Pairs of backslashes, an escaped quote now and then, and brackets that count for nothing in here.
                    text.Append(new string('x', random.Next(0, 70))).Append('\\', 2 * random.Next(0, 40)).Append(random.Next(3) switch { 0 => "\\\"", 1 => "}{][", _ => "\\n" });
                }

                text.Append('"').Append(random.Next(2) == 0 ? "[{}]" : ",");
            }

            var json = Encoding.UTF8.GetBytes(text.Append("}  {").ToString());
            JsonBrackets.EndOf(json, 0, 128).ShouldBe(Walk(json));
        }
    }

    private static int Walk(ReadOnlySpan<byte> json)
    {
        var depth = 0;
        var inside = false;
        for (var at = 0; at < json.Length; at++)
        {
            if (inside)
            {
                if (json[at] == '\\') at++;
                else if (json[at] == '"') inside = false;
                continue;
            }

            if (json[at] == '"') inside = true;
            else if (json[at] is (byte)'{' or (byte)'[') depth++;
            else if (json[at] is (byte)'}' or (byte)']' && --depth == 0) return at + 1;
        }

        return -1;
    }
}
