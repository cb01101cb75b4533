namespace Dragoman.Bench.Compare;

/// <summary>nginx as a plain reverse proxy without buffering, with as many workers as there are cores; absent where it is not installed.</summary>
internal static class Nginx
{
    private static readonly string[] Places = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"];

    public static bool IsInstalled => Places.Any(File.Exists);

    public static ChildProcess Start(string work, string upstreamHost)
    {
        var port = ChildProcess.FreePort();
        var config = Path.Combine(work, "nginx.conf");
        File.WriteAllText(config, $$"""
            daemon off;
            pid {{work}}/nginx.pid;
            error_log {{work}}/nginx-error.log;
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            worker_processes {{Environment.ProcessorCount}};
            worker_rlimit_nofile 20000;
            events { worker_connections 9000; }
            http {
              access_log off;
              client_body_temp_path {{work}}/nginx-body;
              proxy_temp_path {{work}}/nginx-proxy;
              fastcgi_temp_path {{work}}/nginx-f;
              uwsgi_temp_path {{work}}/nginx-u;
              scgi_temp_path {{work}}/nginx-s;
              keepalive_requests 1000000000;
              tcp_nodelay on;
              client_max_body_size 64m;
              client_body_buffer_size 256k;
              upstream mock { server {{upstreamHost}}; keepalive 512; keepalive_requests 1000000000; }
              server {
                listen 127.0.0.1:{{port}} backlog=8192;
                location / {
                  proxy_pass http://mock;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_buffering off;
                  proxy_request_buffering off;
                  proxy_read_timeout 600s;
                }
              }
            }
            """);
        return ChildProcess.Start("nginx", work, port, Places.First(File.Exists), "-p", work, "-c", config);
    }
}
