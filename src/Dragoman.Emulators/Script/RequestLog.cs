using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.Script;

/// <summary>The last requests, oldest first.</summary>
internal sealed class RequestLog(int kept, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Queue<RecordedRequest> _requests = new();
    private int _count;

    public RecordedRequest? Add(Call call)
    {
        if (kept <= 0)
            return null;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in call.Headers)
            headers[name.ToLowerInvariant()] = value.ToString();
        lock (_gate)
        {
            var request = new RecordedRequest
            {
                Number = ++_count,
                Method = call.Method,
                Target = call.Target,
                Headers = headers,
                Body = call.Body,
                At = time.GetUtcNow(),
            };
            _requests.Enqueue(request);
            while (_requests.Count > kept)
                _requests.Dequeue();
            return request;
        }
    }

    public IReadOnlyList<RecordedRequest> All()
    {
        lock (_gate)
            return [.. _requests];
    }

    public void Clear()
    {
        lock (_gate)
            _requests.Clear();
    }
}
