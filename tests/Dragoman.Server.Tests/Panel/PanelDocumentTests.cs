using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;
using Dragoman.Testing;

namespace Dragoman.Server.Tests.Panel;

/// <summary>The description of the API that the front end's types are made of is the one that the gateway serves.</summary>
[Trait("speed", "fast")]
public sealed class PanelDocumentTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task The_file_is_what_is_served()
    {
        await using var rig = await GatewayFixture.StartAsync();
        // The document is made when it is first asked for, which takes a busy machine a while.
        using var http = new HttpClient { BaseAddress = rig.Gateway.Address, Timeout = TimeSpan.FromMinutes(10) };
        var document = JsonNode.Parse(await http.GetStringAsync(new Uri("/api/v1/openapi.json", UriKind.Relative), TestContext.Current.CancellationToken))!.AsObject();
        // Another version of the same API makes no other types.
        document["info"]!["version"] = "0";
        var text = Sorted(document)!.ToJsonString(Indented) + "\n";
        var path = RepositoryFiles.File("panel", "openapi.json");
        if (Environment.GetEnvironmentVariable("DRAGOMAN_WRITE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        }

        var written = File.Exists(path) ? await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken) : "";
        (written == text).ShouldBeTrue($"panel/openapi.json is not what is served{FirstDifference(written, text)}; write it anew with DRAGOMAN_WRITE_DOCS=1 and then the panel's types with 'npm run api'.");
    }

    /// <summary>The same with the members of every object in the order of their names.</summary>
    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private static string FirstDifference(string written, string served)
    {
        var (old, now) = (written.Split('\n'), served.Split('\n'));
        for (var line = 0; line < now.Length; line++)
            if (line >= old.Length || old[line] != now[line]) return $" (line {line + 1}: {now[line].Trim()})";
        return "";
    }
}
