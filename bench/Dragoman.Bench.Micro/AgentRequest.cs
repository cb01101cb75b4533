using BenchmarkDotNet.Attributes;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Bench.Micro;

/// <summary>A 150 KB agent request on its way in: looked over, checked, read.</summary>
[MemoryDiagnoser]
public class AgentRequest
{
    private Session _session = null!;

    [Params("chat", "responses", "messages", "gemini")]
    public string Client { get; set; } = "";

    [GlobalSetup]
    public void Prepare() => _session = new Session(Wires.Parse(Client));

    /// <summary>What the relay lane needs to find its three fields.</summary>
    [Benchmark]
    public int Skim() => JsonBrackets.EndOf(_session.Body.Span, 0, JsonReading.MaxDepth);

    [Benchmark]
    public void Check() => Utf8TokenReader.Check(_session.Body.Span);

    [Benchmark]
    public ConversationRequest Read() => _session.Read();
}
