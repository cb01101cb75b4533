using System.Collections.Concurrent;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.Faults;

/// <summary>
/// Finds the fault a request asks for: in the header x-emulator-fault, in its credential, in its model name, or in the user's last words,
/// in this order; and counts, for faults that only strike the first times.
/// </summary>
internal sealed class FaultFinder
{
    private readonly ConcurrentDictionary<string, int> _applied = new(StringComparer.Ordinal);

    public Fault? Find(Call call, string? model, string? userText)
    {
        if (call.Header("x-emulator-fault") is { Length: > 0 } header)
            return Counted(Fault.Parse(header.StartsWith("fault:", StringComparison.Ordinal) ? header[6..] : header), header);
        foreach (var place in (ReadOnlySpan<string?>)[call.Credential, model, userText])
        {
            if (place is not null && Fault.Find(place) is { } fault)
                return Counted(fault, place);
        }

        return null;
    }

    public void Clear() => _applied.Clear();

    private Fault? Counted(Fault fault, string place) =>
        fault.Count is not { } most || _applied.AddOrUpdate(place, 1, (_, count) => count + 1) <= most ? fault : null;
}
