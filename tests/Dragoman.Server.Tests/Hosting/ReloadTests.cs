using System.Text;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Hosting;

/// <summary>The configuration is edited while the gateway runs.</summary>
public sealed class ReloadTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dragoman-reload-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_edit_applies_without_dropping_a_stream_and_a_bad_one_changes_nothing()
    {
        var file = Path.Combine(_folder, "config.yaml");
        var go = new TaskCompletionSource();
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(RawAnswers.ChatDelta);
            await go.Task.WaitAsync(context.RequestAborted);
            await context.SendAsync(RawAnswers.ChatEnd);
        });
        await File.WriteAllTextAsync(file, FailureTests.Account("one", upstream.Address, "key-one"));
        await using var gateway = await GatewayHost.StartAsync(new StartOptions { ConfigFile = file, Port = 0, LogLevel = LogLevel.None });
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Talk.Chat("m", stream: true), Encoding.UTF8, "application/json") };
        using var streaming = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        ((int)streaming.StatusCode).ShouldBe(200);

        // A new model and a key: the old account is gone from the file, its stream goes on.
        await File.WriteAllTextAsync(file, "api-keys: [ fresh-key ]\n" + FailureTests.Account("two", upstream.Address, "key-two").Replace("[ m ]", "[ brand-new ]", StringComparison.Ordinal));
        await Poll.UntilAsync(async () => (int)(await http.GetAsync("/v1/models")).StatusCode == 401);
        http.DefaultRequestHeaders.Add("x-api-key", "fresh-key");
        (await http.GetStringAsync("/v1/models")).ShouldContain("brand-new");

        await File.WriteAllTextAsync(file, "api-keys: [ other-key ]\nport: eighty\nclaude-api-key: nonsense\n");
        await Task.Delay(2000);
        (await http.GetStringAsync("/v1/models")).ShouldContain("brand-new");

        go.SetResult();
        (await streaming.TextAsync()).ShouldBe(RawAnswers.ChatDelta + RawAnswers.ChatEnd);
    }
}
