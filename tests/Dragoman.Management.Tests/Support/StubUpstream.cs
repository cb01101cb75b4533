namespace Dragoman.Management.Tests.Support;

/// <summary>An upstream of the Chat Completions protocol, which answers as a test wants.</summary>
internal sealed class StubUpstream : IAsyncDisposable
{
    public const string Answer = """{"id":"c1","object":"chat.completion","created":1,"model":"m-mini","choices":[{"index":0,"message":{"role":"assistant","content":"fine"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}}""";

    private RawUpstream? _upstream;

    public string Address => $"{_upstream!.Address}/v1";

    /// <summary>The status and the body of every answer.</summary>
    public (int Status, string Body) Reply { get; set; } = (200, Answer);

    /// <summary>How many calls came.</summary>
    public int Calls => _upstream!.Calls;

    public static async Task<StubUpstream> StartAsync()
    {
        var stub = new StubUpstream();
        stub._upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(stub.Reply.Status, stub.Reply.Body));
        return stub;
    }

    public ValueTask DisposeAsync() => _upstream!.DisposeAsync();
}
