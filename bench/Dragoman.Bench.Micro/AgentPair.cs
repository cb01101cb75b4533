using BenchmarkDotNet.Attributes;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Bench.Micro;

/// <summary>A 150 KB agent request, read already, written for an upstream.</summary>
[MemoryDiagnoser]
public class AgentPair
{
    private Session _session = null!;
    private IUpstreamProtocol _upstream = null!;
    private ConversationRequest _request = null!;

    /// <summary>Every pair of two languages.</summary>
    public static IEnumerable<string> Pairs
        => from client in Wires.Clients from upstream in Wires.Upstreams where client != upstream select $"{client.Word()}-{upstream.Word()}";

    [ParamsSource(nameof(Pairs))]
    public string Pair { get; set; } = "";

    [GlobalSetup]
    public void Prepare()
    {
        var words = Pair.Split('-');
        _session = new Session(Wires.Parse(words[0]));
        _upstream = Session.Upstream(Wires.Parse(words[1]));
        _request = _session.Read();
    }

    [Benchmark]
    public int Write()
    {
        using var body = new PooledBuffer(_session.Body.Length + 4096);
        _upstream.WriteRequest(new TranslationContext(_request, new UpstreamModel("bench-200x20")), body);
        return body.Length;
    }
}
