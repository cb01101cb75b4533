using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Management.Settings;

namespace Dragoman.Server.Surfaces.Kiro.Admin;

/// <summary>The numbers by which the admin API calls accounts and keys: given in the order in which things are first seen, kept in the store, and never given twice.</summary>
internal sealed class AdminIds(SurfaceState state) : IDisposable
{
    private const string Next = "next";

    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>The numbers of things.</summary>
    /// <param name="kind">Which things: a word of the store.</param>
    /// <param name="ids">The gateway's own ids of all that there are.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyDictionary<string, int>> NumbersAsync(string kind, IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var stored = await state.GetAsync(KiroAccounts.StateName, kind, cancellationToken) as JsonObject ?? new JsonObject { [Next] = 1 };
            var next = Number(stored, Next) ?? 1;
            var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
            var isNew = false;
            foreach (var id in ids)
            {
                var key = "id:" + id;
                if (Number(stored, key) is not { } number)
                {
                    number = next++;
                    stored[key] = number;
                    isNew = true;
                }

                numbers[id] = number;
            }

            stored[Next] = next;
            if (isNew) await state.SetAsync(KiroAccounts.StateName, kind, stored, cancellationToken);
            return numbers;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The id behind a number; null where there is none.</summary>
    public static string? Find(IReadOnlyDictionary<string, int> numbers, string text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? numbers.FirstOrDefault(pair => pair.Value == wanted).Key : null;

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private static int? Number(JsonObject stored, string name) => stored[name] is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;
}
