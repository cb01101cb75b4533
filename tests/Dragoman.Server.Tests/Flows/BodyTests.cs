using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Flows;

/// <summary>What is kept of bodies: all four, as they crossed the wire, within limits and without secrets.</summary>
public sealed class BodyTests
{
    [Theory]
    [InlineData("chat-1", false)]
    [InlineData("chat-1", true)]
    [InlineData("claude-1", false)]
    [InlineData("claude-1", true)]
    [InlineData("nova-1", true)]
    public async Task All_four_are_kept_as_they_were(string model, bool stream)
    {
        await using var rig = await GatewayFixture.StartAsync(FlowFixture.Full);
        var sent = Talk.Messages(model, "say:hello there", stream);
        using var answer = await rig.PostAsync("/v1/messages", sent);
        var got = await answer.TextAsync();
        var id = (await FlowFixture.OfAsync(rig.Http, answer)).Text("id");
        (await FlowFixture.BodyAsync(rig.Http, id, "client-request")).ShouldBe(sent);
        (await FlowFixture.BodyAsync(rig.Http, id, "client-answer")).ShouldBe(got);
        (await FlowFixture.BodyAsync(rig.Http, id, "upstream-request")).ShouldBe(rig.Upstream.Requests[^1].Text);
        var upstream = await FlowFixture.BodyAsync(rig.Http, id, "upstream-answer");
        upstream.ShouldContain("hello");
        if (model == "claude-1") upstream.ShouldBe(got);
        var bodies = await FlowFixture.BodiesAsync(rig.Http, id);
        bodies.Select(body => body.Text("kind")).ShouldBe(["client-request", "upstream-request", "upstream-answer", "client-answer"]);
        bodies.ShouldAllBe(body => !body["cut"]!.GetValue<bool>() && !body["redacted"]!.GetValue<bool>());
        bodies[3].Text("same_as").ShouldBe(model == "claude-1" ? "upstream-answer" : "");
        if (model == "nova-1") upstream.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(line => JsonNode.Parse(line)!["event"] != null);
    }

    [Fact]
    public async Task Every_attempt_has_its_own()
    {
        await using var upstream = await RawUpstream.StartAsync((context, n) => n == 1
            ? context.SayAsync(500, """{"error":{"message":"Broken once.","type":"server_error"}}""")
            : context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await FailureTests.StartAsync($$"""
            openai-compatibility: [ { name: one, base-url: "{{upstream.Address}}/v1", api-key-entries: [ { api-key: key-one } ], models: [ m ] } ]
            flows: { mode: full }
            """);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var answer = await FailureTests.PostAsync(gateway, Talk.Chat("m"));
        var id = (await FlowFixture.OfAsync(http, answer)).Text("id");
        (await FlowFixture.BodyAsync(http, id, "upstream-answer", 0)).ShouldContain("Broken once.");
        (await FlowFixture.BodyAsync(http, id, "upstream-answer", 1)).ShouldBe(RawAnswers.ChatWhole);
        (await FlowFixture.BodyAsync(http, id, "upstream-answer")).ShouldBe(RawAnswers.ChatWhole);
        (await FlowFixture.BodyAsync(http, id, "upstream-request", 1)).ShouldBe(Talk.Chat("m"));
        (await FlowFixture.AskAsync(http, HttpMethod.Get, $"flows/{id}/bodies/upstream-answer?attempt=2")).Status.ShouldBe(404);
        (await FlowFixture.AskAsync(http, HttpMethod.Get, $"flows/{id}/bodies/nonsense")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Large_ones_keep_their_beginning_and_end()
    {
        await using var rig = await GatewayFixture.StartAsync("flows: { mode: full, max-body-kb: 4 }\n");
        var words = string.Join(' ', Enumerable.Range(1, 5_000).Select(n => $"word{n}"));
        var sent = Talk.Messages("claude-1", words, stream: true);
        using var answer = await rig.PostAsync("/v1/messages", sent);
        var got = await answer.TextAsync();
        var id = (await FlowFixture.OfAsync(rig.Http, answer)).Text("id");
        foreach (var body in await FlowFixture.BodiesAsync(rig.Http, id))
        {
            body["cut"]!.GetValue<bool>().ShouldBeTrue(body.ToJsonString());
            body.Number("kept").ShouldBeLessThan(4 * 1024 + 64);
        }

        var kept = await FlowFixture.BodyAsync(rig.Http, id, "client-request");
        var (head, tail) = Halves(kept);
        sent.ShouldStartWith(head);
        sent.ShouldEndWith(tail);
        kept.ShouldContain($"[dragoman: {sent.Length - head.Length - tail.Length} bytes left out]");
        (head, tail) = Halves(await FlowFixture.BodyAsync(rig.Http, id, "client-answer"));
        got.ShouldStartWith(head);
        got.ShouldEndWith(tail);
        var (status, fault) = await FlowFixture.AskAsync(rig.Http, HttpMethod.Post, $"flows/{id}/replay", "{}");
        status.ShouldBe(409);
        fault!["error"]!.Text("code").ShouldBe("body_cut");
        // What was said last can be seen and found all the same.
        (await FlowFixture.ListAsync(rig.Http, "text=word4999")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task No_secret_is_kept()
    {
        const string accountKey = "aK/+9plain-words-of-an-account";
        await using var upstream = await RawUpstream.StartAsync((context, _) =>
            context.SayAsync(200, RawAnswers.ChatWhole.Replace("\"id\"", $"\"echo\":\"{accountKey}\",\"escaped\":\"aK\\/+9plain-words-of-an-account\",\"id\"", StringComparison.Ordinal)));
        var folder = Directory.CreateTempSubdirectory("dragoman-flows-").FullName;
        try
        {
            string[] secrets = ["the-clients-own-key", accountKey, "sk-ant-api03-abcdefghijkl", "AIzaSyA1234567890abcdef", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdef", "hunter2hunter2", "tokentokentoken"];
            await using (var gateway = await Dragoman.Server.Hosting.GatewayHost.StartAsync(new Dragoman.Server.Hosting.StartOptions
            {
                ConfigText = $$"""
                    api-keys: [ the-clients-own-key ]
                    openai-compatibility: [ { name: one, base-url: "{{upstream.Address}}/v1", api-key-entries: [ { api-key: "{{accountKey}}" } ], models: [ m ] } ]
                    flows: { mode: full }
                    """,
                Port = 0,
                DataFolder = folder,
                LogLevel = Microsoft.Extensions.Logging.LogLevel.None,
            }))
            {
                using var http = new HttpClient { BaseAddress = gateway.Address };
                http.DefaultRequestHeaders.TryAddWithoutValidation("authorization", "Bearer the-clients-own-key");
                using var content = new StringContent(Talk.Chat("m", "my key is the-clients-own-key, sk-ant-api03-abcdefghijkl AIzaSyA1234567890abcdef, Authorization: Bearer tokentokentoken eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdef {\\\"password\\\": \\\"hunter2hunter2\\\"} findable"), System.Text.Encoding.UTF8, "application/json");
                using var answer = await http.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content);
                answer.EnsureSuccessStatusCode();
                var flow = await FlowFixture.OfAsync(http, answer);
                var all = flow.ToJsonString();
                foreach (var body in await FlowFixture.BodiesAsync(http, flow.Text("id")))
                {
                    body["redacted"]!.GetValue<bool>().ShouldBeTrue();
                    all += await FlowFixture.BodyAsync(http, flow.Text("id"), body.Text("kind"));
                }

                foreach (var format in (string[])["json&bodies=true", "har", "markdown"]) all += await http.GetStringAsync(new Uri($"/api/v1/flows/export?format={format}", UriKind.Relative));
                all.ShouldContain("[redacted]");
                foreach (var secret in secrets) all.ShouldNotContain(secret);
                (await FlowFixture.ListAsync(http, "text=findable")).Count.ShouldBe(1);
                (await FlowFixture.ListAsync(http, "text=hunter2hunter2")).ShouldBeEmpty();
                (await FlowFixture.AskAsync(http, HttpMethod.Post, $"flows/{flow.Text("id")}/replay", "{}")).Json!["error"]!.Text("code").ShouldBe("body_redacted");
            }

            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                var bytes = await File.ReadAllBytesAsync(file);
                foreach (var secret in secrets) bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(secret)).ShouldBeLessThan(0, $"{secret} in {Path.GetFileName(file)}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Images_leave_a_mark()
    {
        await using var rig = await GatewayFixture.StartAsync("flows: { mode: full, max-body-kb: 16 }\n");
        var image = Convert.ToBase64String([.. new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A }, .. Enumerable.Range(0, 200_000).Select(n => (byte)(n * 31))]);
        var sent = $$$"""{"model":"claude-1","max_tokens":100,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{image}}}"}},{"type":"text","text":"What is on the picture?"}]}]}""";
        using var answer = await rig.PostAsync("/v1/messages", sent);
        ((int)answer.StatusCode).ShouldBe(200, await answer.TextAsync());
        var flow = await FlowFixture.OfAsync(rig.Http, answer);
        var kept = await FlowFixture.BodyAsync(rig.Http, flow.Text("id"), "client-request");
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(image)))[..16];
        kept.ShouldBe(sent.Replace(image, $"[dragoman: {image.Length} characters of base64 left out, sha256 {hash}]", StringComparison.Ordinal));
        var body = (await FlowFixture.BodiesAsync(rig.Http, flow.Text("id")))[0];
        body["media_left_out"]!.GetValue<bool>().ShouldBeTrue();
        body["cut"]!.GetValue<bool>().ShouldBeFalse();
        body.Number("length").ShouldBe(sent.Length);
        flow.Text("preview").ShouldBe("What is on the picture?");
        (await FlowFixture.AskAsync(rig.Http, HttpMethod.Post, $"flows/{flow.Text("id")}/replay", "{}")).Json!["error"]!.Text("code").ShouldBe("body_lacks_media");
    }

    [Fact]
    public async Task The_glimpse_is_what_the_user_said_last_and_words_of_both_sides_are_found()
    {
        await using var rig = await GatewayFixture.StartAsync(FlowFixture.Full);
        using var answer = await rig.PostAsync("/v1/messages", """{"model":"claude-1","max_tokens":100,"stream":true,"system":"You are Ottokar.","messages":[{"role":"user","content":"first words"},{"role":"assistant","content":"between"},{"role":"user","content":[{"type":"text","text":"<system-reminder>noise</system-reminder>"},{"type":"text","text":"say:marmalade for\n  breakfast"}]}]}""");
        await answer.TextAsync();
        var flow = await FlowFixture.OfAsync(rig.Http, answer);
        flow.Text("preview").ShouldBe("say:marmalade for breakfast");
        foreach (var word in (string[])["marmal", "ottokar", "first words", "breakfast"]) (await FlowFixture.ListAsync(rig.Http, $"text={word}")).Count.ShouldBe(1, word);
        (await FlowFixture.ListAsync(rig.Http, "text=zebra")).ShouldBeEmpty();
    }

    private static (string Head, string Tail) Halves(string kept)
    {
        var at = kept.IndexOf("\n[dragoman: ", StringComparison.Ordinal);
        return (kept[..at], kept[(kept.IndexOf("]\n", at, StringComparison.Ordinal) + 2)..]);
    }
}
