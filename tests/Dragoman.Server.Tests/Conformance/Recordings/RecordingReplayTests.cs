using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Conformance.ClientDrivers;

namespace Dragoman.Server.Tests.Conformance.Recordings;

/// <summary>What real providers said, learnt through every client language: the same as from the recording itself.</summary>
[Trait("speed", "fast")]
public sealed class RecordingReplayTests(RecordingScenario house) : IClassFixture<RecordingScenario>
{
    private static readonly string[] Clients = ["chat", "responses", "messages", "gemini", "completions"];

    public static TheoryData<string, string, string, bool> Replays()
    {
        var data = new TheoryData<string, string, string, bool>();
        foreach (var file in RecordingFiles.All)
        {
            var folder = Path.GetDirectoryName(file)!;
            foreach (var upstream in folder == "anthropic-messages" ? [folder, "bedrock-anthropic"] : (string[])[folder])
            {
                foreach (var client in Clients)
                {
                    // The same language is relayed as it is; see below.
                    if (upstream.EndsWith(client, StringComparison.Ordinal)) continue;
                    data.Add(file, upstream, client, false);
                    data.Add(file, upstream, client, true);
                }
            }
        }

        if (RecordingFiles.All.Count == 0) data.Add("", "", "", false);
        return data;
    }

    public static TheoryData<string, string> Relays()
    {
        var data = new TheoryData<string, string>();
        foreach (var file in RecordingFiles.All)
        {
            var client = Clients.FirstOrDefault(client => Path.GetDirectoryName(file)!.EndsWith(client, StringComparison.Ordinal));
            if (client is null) continue;
            // An error before any content becomes an error answer.
            var (folder, texts, recordedStream) = Load(file);
            if (RecordedAnswer.Of(folder, texts, recordedStream).Error is null) data.Add(file, client);
        }

        if (RecordingFiles.All.Count == 0) data.Add("", "");
        return data;
    }

    [Theory, MemberData(nameof(Replays))]
    public async Task A_client_learns_what_the_provider_said(string file, string upstream, string client, bool stream)
    {
        var (folder, texts, recordedStream) = Load(file);
        var expected = RecordedAnswer.Of(folder, texts, recordedStream);
        var actual = await house.ReplayAsync(upstream, texts, recordedStream, client, stream);
        if (expected.Error is { } error)
        {
            actual.Error.ShouldNotBeNull(actual.Raw).Message.ShouldBe(error.Message);
            return;
        }

        actual.Error.ShouldBeNull(actual.Raw);
        actual.Text.ShouldBe(expected.Text);
        actual.Usage!.Input.ShouldBe(expected.Usage!.Input);
        actual.Usage.Output.ShouldBe(expected.Usage.Output);
        actual.Usage.Cached.ShouldBe(expected.Usage.Cached);
        if (client == "completions") return;
        actual.Reasoning.ShouldBe(expected.Reasoning);
        actual.Ending.ShouldBe(expected.Ending);
        if (client != "messages") actual.Usage.Reasoning.ShouldBe(expected.Usage.Reasoning);
        actual.Calls.Select(call => call.Name).ShouldBe(expected.Calls.Select(call => call.Name));
        foreach (var (call, recorded) in actual.Calls.Zip(expected.Calls)) Compare(call, recorded, folder, recordedStream, client, stream);
    }

    [Theory, MemberData(nameof(Relays))]
    public async Task The_same_language_passes_as_it_is(string file, string client)
    {
        var (folder, texts, recordedStream) = Load(file);
        var raw = await house.RelayAsync(folder, texts, recordedStream, client);
        if (!recordedStream) raw.ShouldBe(texts[0]);
        else raw.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal) && line != "data: [DONE]").Select(line => line[6..]).ShouldBe(texts);
    }

    private static (string Folder, IReadOnlyList<string> Texts, bool Stream) Load(string file)
    {
        var text = RecordingFiles.Read(file);
        var stream = file.EndsWith(".chunks.txt", StringComparison.Ordinal);
        return (Path.GetDirectoryName(file)!, stream ? [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)] : [text], stream);
    }

    private static void Compare(ClientToolCall call, ClientToolCall recorded, string folder, bool recordedStream, string client, bool stream)
    {
        if (recorded.Id.Length > 0) call.Id.ShouldBe(recorded.Id);
        var textUpstream = folder.StartsWith("openai", StringComparison.Ordinal) || (recordedStream && folder != "gemini");
        var textClient = client is "chat" or "responses" || (client == "messages" && stream);
        if (recorded.Custom)
        {
            // What is free text there is JSON in languages without free-text tools.
            if (call.Custom) call.Arguments.ShouldBe(recorded.Arguments);
            else JsonNode.Parse(call.Arguments)!["input"].Str().ShouldBe(recorded.Arguments);
        }
        else if (textUpstream && textClient)
        {
            call.Arguments.ShouldBe(recorded.Arguments);
        }
        else
        {
            JsonNode.Parse(call.Arguments)!.ToJsonString(Json.Plain).ShouldBe(JsonNode.Parse(recorded.Arguments)!.ToJsonString(Json.Plain));
        }
    }
}
